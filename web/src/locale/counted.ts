/** English: '1 reading', '7 readings'. The count as it is shown. */
export function counted(count: string | number, one: string, many = `${one}s`): string {
  return `${count} ${String(count) === '1' ? one : many}`;
}
