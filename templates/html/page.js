for (const table of document.querySelectorAll(".box table")) {
  const body = table.tBodies[0];
  if (body.rows.length < 3) continue;
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = (row) => row.cells[column].firstChild ? row.cells[column].firstChild.textContent.trim() : "";
      const number = (text) => parseFloat(text.replace(/\u2212/g, "-").replace(/[^0-9.eE-]/g, ""));
      const order = (a, b) => {
        const [x, y] = [value(a), value(b)], [p, q] = [number(x), number(y)];
        if (head.className !== "n") return x.localeCompare(y, "en", { numeric: true });
        return isNaN(p) ? 1 : isNaN(q) ? -1 : p - q;
      };
      const rows = [...body.rows].sort((a, b) => (down ? -order(a, b) : order(a, b)));
      body.append(...rows);
    });
  });
}
const narrow = matchMedia("(max-width: 60rem)");
const contents = document.querySelector(".contents details");
if (contents && narrow.matches) contents.open = false;

const numbers = document.getElementById("numbers");
const panel = document.createElement("aside");
const closed = () => panel.remove();
if (numbers) {
  const { texts, numbers: known } = JSON.parse(numbers.textContent);
  panel.className = "panel";
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", "What stands behind this number");
  const line = (label, text) => {
    if (!text) return;
    const [term, detail] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = label;
    detail.textContent = text;
    panel.querySelector("dl").append(term, detail);
  };
  document.addEventListener("click", (event) => {
    if (panel.contains(event.target)) return;
    closed();
    const place = event.target.closest("main [title]");
    const id = place && place.title.split(" \u00b7 ")[0];
    if (!id || !known[id]) return;
    const [label, value, range, origin, method, source, others] = known[id].map((index) => texts[index]);
    panel.innerHTML = '<button type="button" aria-label="Close">\u00d7</button><p></p><dl></dl>';
    panel.querySelector("p").textContent = `${label}: ${value}`;
    line("Range and rows", range);
    line("Origin", origin);
    line("Method", method);
    line("Source", source);
    line("Also printed in", others);
    line("Evidence", id);
    panel.querySelector("button").addEventListener("click", closed);
    document.body.append(panel);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closed();
  });
}
for (const block of document.querySelectorAll("main pre")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", () => {
    getSelection().selectAllChildren(block.querySelector("code"));
    button.textContent = document.execCommand("copy") ? "Copied" : "Press Ctrl+C";
  });
  block.before(button);
}
const MANY = 12;
for (const box of document.querySelectorAll("main .box")) {
  const rows = [...box.querySelectorAll("tbody tr")];
  if (rows.length < MANY) continue;
  const field = document.createElement("input");
  field.type = "search";
  field.className = "filter";
  field.placeholder = "Filter rows";
  field.setAttribute("aria-label", `Filter the rows of ${box.getAttribute("aria-label")}`);
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });
  box.before(field);
}
const cue = (box) => box.classList.toggle("wider", box.scrollWidth > box.clientWidth + 1);
const watched = new ResizeObserver((entries) => entries.forEach((entry) => cue(entry.target)));
for (const box of document.querySelectorAll(".box")) {
  cue(box);
  watched.observe(box);
}
