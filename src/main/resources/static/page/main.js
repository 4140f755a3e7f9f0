// The start page: completions and chats with what the model thought of each token, beside what the service is doing.

import {byId} from "./dom.js";
import {follow} from "./live.js";
import {watch} from "./service.js";
import {tabs} from "./tabs.js";
import "./chat.js";
import "./completion.js";

tabs(byId("tabs"));
byId("shade").addEventListener("change", event => document.body.classList.toggle("shaded", event.target.checked));
const settings = byId("settings-box");
// On a phone they would stand between the answers and the service's load.
settings.open = !matchMedia("(max-width: 60rem)").matches;
document.querySelector(".to-settings").addEventListener("click", () => settings.open = true);
watch();
follow();
