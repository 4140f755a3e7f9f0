// A small curve of the last values of something, newest at the right.

const WIDTH = 160;
const HEIGHT = 36;

/** Draws `values` into the line of an SVG image that has room for `room` of them. */
export function drawCurve(image, values, room) {
  const top = Math.max(1, ...values);
  const points = values.map((value, i) => {
    const x = WIDTH * (room - values.length + i) / (room - 1);
    return `${x.toFixed(1)},${(HEIGHT - 2 - (HEIGHT - 4) * value / top).toFixed(1)}`;
  });
  image.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  image.querySelector("polyline").setAttribute("points", points.join(" "));
}
