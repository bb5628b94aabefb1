// Requests to the server. The token came in the address, and is kept for this tab only.

const KEPT = "kerasan-token";

export function takeToken() {
  const given = /^#token=([0-9a-zA-Z]+)$/.exec(location.hash);
  if (!given) return;
  sessionStorage.setItem(KEPT, given[1]);
  history.replaceState(null, "", location.pathname);  // not into bookmarks or a copied address
}

async function ask(path, options = {}) {
  const headers = { Authorization: "Bearer " + (sessionStorage.getItem(KEPT) || "") };
  let reply;
  try {
    reply = await fetch("/api/" + path, { ...options, headers: { ...headers, ...options.headers } });
  } catch {
    throw new Error("the server does not answer; what it acknowledged is kept");
  }
  const body = await reply.json();
  if (reply.ok) return body;
  const error = new Error(reply.status === 401
    ? "open the address that the server printed: it holds the token" : body.error);
  error.status = reply.status;
  throw error;
}

export function get(path, query = {}) {
  const text = new URLSearchParams(query).toString();
  return ask(path + (text ? "?" + text : ""));
}

export function post(path, body) {
  return ask(path, {
    method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" },
  });
}
