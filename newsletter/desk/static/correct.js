"use strict";
// A correction: a fact's form is put where was last typed. All else works without scripts.
{
let last = null;
const within = (one) => one instanceof Element && one.closest("#correcting");
document.addEventListener("focusin", (event) => { if (within(event.target) && event.target.matches("textarea:not([name=said])")) last = event.target; });
document.addEventListener("click", (event) => {
  const one = event.target instanceof Element && event.target.closest("[data-slot]");
  if (!one || !within(one)) return;
  const into = last && last.isConnected ? last : first("#correcting textarea[name=right]");
  into.focus();
  into.setRangeText(one.dataset.slot, into.selectionStart, into.selectionEnd, "end");
});
document.addEventListener("keydown", (event) => {
  if (!within(event.target) || event.key !== "Enter") return;
  if (event.ctrlKey || event.metaKey) { event.preventDefault(); first("#correcting").requestSubmit(first("#correcting button[value=look]")); }
  else if (event.target.name === "q") { event.preventDefault(); first("#correcting button[value=find]").click(); }
});
}
