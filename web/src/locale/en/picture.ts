export const en = {
  none: 'No picture is stored with this sighting.',
  named: 'Stored by the sender as',
  failed: 'The picture could not be loaded.',
  elsewhere: (host: string) =>
    `The picture is at ${host}, which this server is not set up to show.`,
  open: 'Open it there',
  of: (plate: string, camera: string, time: string) => `Picture of ${plate} at ${camera}, ${time}`,
};
