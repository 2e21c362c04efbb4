import type { en } from '../en/picture';
import type { Texts } from '../locale.svelte';

export const zh: Texts<typeof en> = {
  none: '该记录未存图片。',
  named: '发送方存储为',
  failed: '图片加载失败。',
  elsewhere: (host) => `图片位于 ${host}，本服务器未配置显示该来源。`,
  open: '在原处打开',
  of: (plate, camera, time) => `${plate} 的图片，${camera}，${time}`,
};
