// The numbers above the lists, once a minute: only the numbers. Nothing moves, nothing takes the focus, and the lists
// change only when asked to. Without this file the page is whole; its numbers are those of when it was opened.
(() => {
  const nav = document.querySelector('[data-counts]');
  if (!nav) return;
  const fresh = nav.querySelector('.fresh'), status = fresh.querySelector('[role=status]');
  const numbers = [...nav.querySelectorAll('[data-list]')];
  const before = numbers.map((number) => number.textContent);
  let timer;

  const show = (counts) => {
    for (const number of numbers) number.textContent = counts[number.dataset.list];
    const changed = numbers.some((number, at) => number.textContent !== before[at]);
    const words = changed ? 'The lists have changed.' : '';
    fresh.hidden = !changed;
    if (status.textContent !== words) status.textContent = words;
  };

  const ask = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    try {
      const answer = await fetch(nav.dataset.counts, { redirect: 'error' });
      if (!answer.ok) return; // signed out: the page stays as it is
      show(await answer.json());
    } catch {
      // no connection just now, or signed out: it is tried again
    }
    timer = setTimeout(ask, 60000);
  };

  timer = setTimeout(ask, 60000);
  document.addEventListener('visibilitychange', ask);
})();
