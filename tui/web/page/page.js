"use strict";
// The address of the page is the address of its socket; nothing here names a server.
document.getElementById("terminal").dataset.sessionWebsocketUrl =
  new URL("ws", window.location.href).href.replace(/^http/, "ws");
document.getElementById("again").addEventListener("click", () => window.location.reload());

// The keys belong to the terminal as soon as it is there, and to the button when it has ended.
new MutationObserver(() => {
  const state = document.body.classList;
  if (state.contains("-closed")) {
    document.getElementById("again").focus();
  } else if (state.contains("-loaded")) {
    document.querySelector(".xterm-helper-textarea").focus();
  }
}).observe(document.body, { attributes: true, attributeFilter: ["class"] });
