// Leave this page, faster (R-F1): a click, or Shift three times, covers the page at once.
// Without this file the link still works: it is only a link.
(() => {
  const link = document.querySelector('a.leave');
  if (!link) return;
  const root = document.documentElement;
  const status = document.createElement('p');
  let cover, timer, modified = false, presses = 0;

  const count = (n) => {
    clearTimeout(timer);
    presses = n;
    status.textContent = n ? link.dataset['press' + n] : '';
    if (n) timer = setTimeout(count, 5000, 0);
  };

  const leave = (event) => {
    if (event) event.preventDefault();
    count(0);
    cover = document.createElement('div');
    cover.className = 'cover';
    cover.setAttribute('role', 'alert');
    root.append(cover);
    cover.textContent = link.dataset.leaving;
    document.body.hidden = true;
    location.replace(link.href);
  };

  status.className = 'presses';
  status.setAttribute('role', 'status');
  document.body.append(status);
  for (const a of document.querySelectorAll('a.leave, a.leave-now')) a.addEventListener('click', leave);

  addEventListener('keyup', (event) => {
    const lone = event.key === 'Shift' && !modified;
    modified = event.key !== 'Shift' && event.shiftKey;
    if (!lone) count(0);
    else if (presses === 2) leave();
    else count(presses + 1);
  });

  addEventListener('pageshow', () => {
    document.body.hidden = false;
    if (cover) cover.remove();
  });
})();
