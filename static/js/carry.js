// Buttons above a list lead to pages about exactly the listings that its filter shows.
// <div data-carry="/grid/" data-carry-as-one="/export/">: the first takes the filter as it is, the second as one field `query`.

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const carrier = document.querySelector("[data-carry]");
  if (!link || !carrier) return;
  const ticked = [...document.querySelectorAll("input[name=row]:checked")].map((box) => box.value);
  if (link.pathname === carrier.dataset.carry) {
    const query = new URLSearchParams(location.search);
    if (ticked.length) query.set("ids", ticked.join(","));
    link.search = query.toString();
  } else if (link.pathname === carrier.dataset.carryAsOne) {
    link.search = new URLSearchParams({ query: location.search.replace(/^\?/, "") }).toString();
  }
}, true);
