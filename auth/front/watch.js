// 席を離れた人の画面を残さない: leave for the sign-in page as soon as the session is over.
(() => {
  "use strict";
  const leave = () => {
    document.documentElement.replaceChildren();
    location.replace("/auth/sign-in");
  };
  const check = () =>
    fetch("/auth/alive", { cache: "no-store" }).then(
      (answer) => answer.status === 401 && leave(),
      () => undefined, // the server is away for a moment; Streamlit says so itself
    );

  setInterval(check, 30000);
  addEventListener("pageshow", check);
  addEventListener("focus", check);

  // The Gate closes the socket when the session ends: ask why a socket closed, at once.
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(...parts) {
      super(...parts);
      this.addEventListener("close", check);
    }
  };
})();
