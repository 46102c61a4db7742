/* global MediaRecorder */
/** Records a voice note in a form that WhatsApp takes, as far as the browser can. */
const FORMS = ['audio/ogg;codecs=opus', 'audio/mp4;codecs=opus', 'audio/mp4'];

/**
 * Starts to record. `stop` gives the file, `cancel` throws it away.
 * @throws Error where there is no microphone, or none that may be used
 */
export async function startRecording() {
  const mimeType = FORMS.find((form) => MediaRecorder.isTypeSupported(form));
  if (!mimeType) throw new Error('this browser records in no form that WhatsApp takes');
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream, { mimeType });
  const chunks = [];
  recorder.ondataavailable = ({ data }) => chunks.push(data);
  const stopped = new Promise((resolve) => (recorder.onstop = resolve));
  recorder.start();
  const end = async () => {
    if (recorder.state !== 'inactive') recorder.stop();
    await stopped;
    for (const track of stream.getTracks()) track.stop();
  };
  return {
    async stop() {
      await end();
      const [type] = mimeType.split(';');
      return new File(chunks, type === 'audio/ogg' ? 'voice.ogg' : 'voice.m4a', { type });
    },
    cancel: end,
  };
}
