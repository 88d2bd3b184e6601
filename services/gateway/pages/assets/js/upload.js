// A file to upload: drop it, see its name and size, see how far it is. Without this the form works.
(() => {
  "use strict";
  const says = (place, words) => {
    place.textContent = place.dataset.words.replace(/\{(\w+)\}/g, (_, name) => words[name]);
  };
  const size = (bytes) => {
    const [unit, count] = bytes < 1e6 ? ["kB", bytes / 1e3] : ["MB", bytes / 1e6];
    const digits = unit === "MB" ? 1 : 0;
    return `${count.toLocaleString("nl-NL", { maximumFractionDigits: digits })} ${unit}`;
  };

  const enliven = (form) => {
    const input = form.querySelector(".upload__file");
    const box = form.querySelector(".upload__drop");
    const button = form.querySelector("button[type=submit]");
    const chosen = form.querySelector(".upload__chosen");
    const progress = form.querySelector(".upload__progress");
    const lost = form.querySelector(".upload__lost");
    const update = () => {
      const file = input.files[0];
      button.disabled = !file;
      if (file) says(chosen, { naam: file.name, grootte: size(file.size) });
      else chosen.textContent = "";
    };
    const over = (event) => {
      event.preventDefault();
      box.classList.add("upload__drop--over");
    };
    const out = () => box.classList.remove("upload__drop--over");
    const again = () => {
      progress.hidden = true;
      lost.hidden = false;
      update();
    };

    form.classList.add("upload--live");
    input.addEventListener("change", update);
    box.addEventListener("dragover", over);
    box.addEventListener("dragleave", out);
    box.addEventListener("drop", (event) => {
      event.preventDefault();
      out();
      if (event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        update();
      }
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      button.disabled = true;
      lost.hidden = true;
      progress.hidden = false;
      const bar = progress.querySelector("progress");
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.upload.addEventListener("progress", ({ loaded, total }) => {
        bar.value = Math.floor((100 * loaded) / total);
        says(progress.querySelector("label"), { procent: bar.value });
      });
      request.addEventListener("error", again);
      request.addEventListener("load", () => arrived(request, form.action));
      request.send(new FormData(form));
    });
    update();
  };

  // The answer is a page: the next one, or this one with what is wrong.
  const arrived = (request, sent) => {
    if (request.status < 400 && request.responseURL !== sent) {
      window.location.assign(request.responseURL);
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    document.title = page.title;
    document.querySelector("main").replaceWith(page.querySelector("main"));
    document.querySelectorAll(".upload").forEach(enliven);
    document.querySelector("#fouten, main").focus();
  };

  document.querySelectorAll(".upload").forEach(enliven);
})();
