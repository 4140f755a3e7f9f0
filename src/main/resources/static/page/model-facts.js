// The line about the model that is served. It needs the actuator, which may listen on a port of its own: then the name must do.

import {getJson} from "./api.js";

let bytes = 0;

/** Memory of the KV cache; 0 where it is not known. */
export const kvBytes = () => bytes;

export async function facts(id) {
  try {
    const {model, backend} = await getJson("actuator/info");
    bytes = model.kvBytes;
    const format = Object.entries(model.weightFormats).sort((a, b) => b[1] - a[1])[0][0];
    return `${id} · ${count(model.parameters)} parameters in ${format} · context ${model.contextLength} · ${backend.name}`;
  } catch {
    return id;
  }
}

function count(n) {
  const [unit, name] = n >= 1e9 ? [1e9, " billion"] : n >= 1e6 ? [1e6, " million"] : [1, ""];
  return (n / unit).toFixed(unit === 1 ? 0 : 1) + name;
}

/** A number of bytes in the unit that suits it. */
export function size(n) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (n >= 1024 && unit < units.length - 1) {
    n /= 1024;
    unit++;
  }
  return `${n.toFixed(unit === 0 || n >= 100 ? 0 : 1)} ${units[unit]}`;
}
