import type { ReasonForms } from '../../views/clones/reasons';

/** None: the server's reasons are English. */
export const en: { forms: ReasonForms } = { forms: {} };
