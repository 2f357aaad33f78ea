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
