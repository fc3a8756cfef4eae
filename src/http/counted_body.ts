/**
 * The same answer with a body whose bytes are counted as they are read. `onEnd` is called once, when
 * the body has been read, failed, or was given up. An answer without a body is returned as it is.
 */
export function countedBody(response: Response, onEnd: (bytes: number) => void): Response {
  const { body } = response;
  if (body === null) {
    onEnd(0);
    return response;
  }
  const reader = body.getReader();
  let bytes = 0;
  let isEnded = false;
  const end = () => {
    if (isEnded) return;
    isEnded = true;
    onEnd(bytes);
  };
  const counted = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          controller.close();
          end();
        } else {
          bytes += value.byteLength;
          controller.enqueue(value);
        }
      } catch (error) {
        controller.error(error);
        end();
      }
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
  return new Response(counted, response);
}
