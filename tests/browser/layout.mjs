// What does not fit a page. These functions run in the page: they see nothing of this file but themselves.

/** What is wider than the page, or drawn outside of it where nothing scrolls. */
export function overflowing() {
  const page = document.documentElement;
  const scrolls = (element) =>
    element !== null &&
    (['auto', 'scroll'].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  const named = (element) => `<${element.localName} id="${element.closest('[id]')?.id ?? ''}">`;
  const found = [...document.body.querySelectorAll('*')]
    .filter((element) => element.checkVisibility() && element.getBoundingClientRect().width > 0)
    .filter((element) => !(element instanceof SVGElement) || element.localName === 'svg')
    // What waits left of the page until the keyboard reaches it is not beside it.
    .filter((element) => element.getBoundingClientRect().right > page.clientWidth + 0.5 && !scrolls(element))
    .map((element) => `${named(element)} ends at ${element.getBoundingClientRect().right} of ${page.clientWidth} px`);
  if (page.scrollWidth > page.clientWidth) {
    found.push(`the page is ${page.scrollWidth} px wide, the window ${page.clientWidth} px`);
  }
  return found;
}

/** Figures that do not scale, or that draw outside of themselves. */
export function clipped() {
  const outside = (inner, outer) =>
    inner.left < outer.left - 1 || inner.top < outer.top - 1 || inner.right > outer.right + 1 || inner.bottom > outer.bottom + 1;
  return [...document.querySelectorAll('svg[role=img]')].flatMap((picture) => {
    const name = picture.querySelector('title')?.textContent || picture.closest('[id]')?.id;
    const frame = picture.getBoundingClientRect();
    const box = picture.viewBox.baseVal;
    if (!box || box.width === 0) {
      return [`${name}: no viewBox`];
    }
    const found = [];
    if (Math.abs(frame.width / frame.height / (box.width / box.height) - 1) > 0.02) {
      found.push(`${name}: ${frame.width} × ${frame.height} px for a viewBox of ${box.width} × ${box.height}`);
    }
    for (const text of picture.querySelectorAll('text')) {
      if (outside(text.getBoundingClientRect(), frame)) {
        found.push(`${name}: the text "${text.textContent}" is clipped`);
      }
    }
    return found;
  });
}

/** Figures without a name or a description. */
export function unnamed() {
  const text = (picture, child) => picture.querySelector(`:scope > ${child}`)?.textContent.trim();
  return [...document.querySelectorAll('figure svg')]
    .filter((picture) => picture.parentElement.closest('svg') === null)
    .filter((picture) => picture.getAttribute('role') !== 'img' || !text(picture, 'title') || !text(picture, 'desc'))
    .map((picture) => picture.closest('[id]')?.id);
}

/** Takes away what is there many times alike: folds after the second of their neighbours, and figures after the sixth. */
export function sample() {
  const isFold = (element) => element?.localName === 'details';
  for (const fold of document.querySelectorAll('details')) {
    if (isFold(fold.previousElementSibling) && isFold(fold.previousElementSibling.previousElementSibling)) {
      fold.remove();
    }
  }
  document.querySelectorAll('.figures > :nth-child(n + 7)').forEach((figure) => figure.remove());
}
