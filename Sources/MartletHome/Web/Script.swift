/// What pages do beyond what forms do: they stay as the house is. Everything works without it.
enum Script {
  static let module = """
    const offset = Number(document.body.dataset.now) - Date.now();
    const words = (left) => `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
    function tick() {
      for (const element of document.querySelectorAll('[data-until]')) {
        const left = Math.max(0, Math.round((Number(element.dataset.until) - Date.now() - offset) / 1000));
        if (element.tagName === 'PROGRESS') element.value = left; else element.textContent = words(left);
      }
    }
    let loading = false, again = false;
    async function refresh() {
      if (loading) { again = true; return; }
      loading = true;
      try {
        const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
        if (answer.redirected && new URL(answer.url).pathname !== location.pathname) { location.href = answer.url; return; }
        const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
        for (const old of document.querySelectorAll('[data-live]')) {
          const next = fresh.getElementById(old.id);
          if (!next) { old.remove(); continue; }
          if (old.contains(document.activeElement) && document.activeElement.matches('input,select')) continue;
          if (old.outerHTML === next.outerHTML) continue;
          const focused = old.contains(document.activeElement) ? document.activeElement.dataset.key : null;
          old.replaceWith(next);
          if (focused) next.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
        }
        for (const list of document.querySelectorAll('[data-list]')) {
          const next = fresh.getElementById(list.id);
          if (next && next.dataset.list !== list.dataset.list) list.replaceWith(next);
        }
        tick();
      } catch { document.body.classList.add('lost'); } finally {
        loading = false;
        if (again) { again = false; refresh(); }
      }
    }
    let source = null;
    function watch() {
      if (document.hidden) { source?.close(); source = null; return; }
      if (source) return;
      source = new EventSource('/events');
      source.onopen = () => { document.body.classList.remove('lost'); refresh(); };
      source.onerror = () => document.body.classList.add('lost');
      source.addEventListener('change', refresh);
    }
    document.addEventListener('visibilitychange', watch);
    document.addEventListener('submit', async (event) => {
      const form = event.target;
      if (!form.matches('[data-quick]')) return;
      event.preventDefault();
      const body = new URLSearchParams(new FormData(form, event.submitter));
      for (let attempt = 0; attempt < 5; attempt++) {
        try {
          const answer = await fetch(form.action, { method: 'POST', body });
          if (!answer.ok) { location.href = answer.url; return; }
          return refresh();
        } catch { if (!form.matches('.retry')) return; }
        await new Promise((done) => setTimeout(done, 500));
      }
    });
    document.addEventListener('input', (event) => {
      const form = event.target.closest('[data-slide]');
      if (!form || form.timer) return;
      form.timer = setTimeout(() => {
        form.timer = null;
        fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) }).then(refresh);
      }, 80);
    });
    watch();
    tick();
    setInterval(tick, 1000);
    """
}
