/**
 * Text from elsewhere (a build's output, an error, a pod's name) as one line that cannot move a
 * terminal's cursor or colour what follows.
 */
export const oneLine = (text: string): string =>
  text
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "")
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ")
    .trim();
