import type { ReasonForms } from '../../views/clones/reasons';

/** By what docs/cloned-plates.md and the sources in query/ say; see reasons.ts of the view. */
const forms: ReasonForms = {
  // Of a conflict.
  'read {} times: more than a vehicle can be; a sign, or a word for plates not read': (times) =>
    `被识别 ${times} 次，一辆车不可能这么多：可能是标志牌，或是未识别车牌的占位文字`,
  '{} pairs of readings exclude each other': (pairs) => `${pairs} 对过车互相排斥`,
  '{} pairs of readings exclude each other (one pair)': (pairs) => `${pairs} 对过车互相排斥`,
  'as of {} vehicles the readings are e^{} times as likely as of one': (vehicles, power) =>
    `按 ${vehicles} 辆车解释这些过车，可能性是按一辆车解释的 e^${power} 倍`,
  'as of {} vehicles the readings are e^-{} times as likely as of one': (vehicles, power) =>
    `按 ${vehicles} 辆车解释这些过车，可能性是按一辆车解释的 e^-${power} 倍`,
  'without {} of them the readings are of one vehicle': (readings) =>
    `除去其中 ${readings} 次，其余过车都属于同一辆车`,
  '{} of these lie on the track of a plate that reads alike': (readings) =>
    `其中 ${readings} 次落在另一个相似车牌的轨迹上`,
  '{} readings are of cameras whose clock or place is wrong, and were corrected': (readings) =>
    `${readings} 次过车来自时钟或位置有误的相机，已作修正`,
  'which vehicle is genuine is a guess from habits': () => '哪一辆是真车，是根据出行习惯推测的',
  'which vehicle is genuine is a guess from habits, {} % sure': (share) =>
    `哪一辆是真车，是根据出行习惯推测的，把握 ${share}%`,
  'appearance vectors of the vehicles differ by {} standard deviations': (deviations) =>
    `两车外观特征向量相差 ${deviations} 个标准差`,
  // Of a vehicle.
  'a person confirmed it': () => '已由人工确认',
  'a person said that this is the genuine vehicle': () => '人工认定这是真车',
  'a person said that this is a fake': () => '人工认定这是套牌车',
  "the plate's readings from before are like its own alone": () => '该车牌更早的过车记录只与它相符',
  'the first of them that was read': () => '各车中最早出现',
  'read from the start on': () => '从一开始就出现',
  'first read {} days after the first of them': (days) => `比最早的一辆晚 ${days} 天出现`,
  'read until the end': () => '直到最后仍有出现',
  'not read for the last {} days': (days) => `最近 ${days} 天未再出现`,
  'seen {} days before the last of them appeared': (days) => `比最后出现的一辆早 ${days} 天出现`,
  'seen on {} days': (days) => `在 ${days} 天里出现过`,
  'read {} times': (times) => `过车 ${times} 次`,
  '{} % of its rests are at one place': (share) => `${share}% 的停留在同一地点`,
  'on {} % of its days it leaves at its usual hour': (share) => `${share}% 的日子在惯常时刻出发`,
  '{} % of its readings are at night': (share) => `${share}% 的过车在夜间`,
  'its looks agree with the colour of its plate': () => '外观与号牌颜色相符',
  'its looks contradict the colour of its plate': () => '外观与号牌颜色不符',
  'it bears an inspection sticker': () => '贴有年检标志',
  'it bears no inspection sticker': () => '未贴年检标志',
};

export const zh = { forms };
