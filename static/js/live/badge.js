// The number of unread requests in the title and in the tab's icon.
const title = document.title;
const link = document.querySelector('link[rel="icon"]');
const plain = link.href;
const MOST = 99;
const PAUSE_MS = 1000;
let shown = 0;
let wanted = 0;
let timer = 0;

// At most once a second, because a picture and a title are more work than many rows.
export function showUnread(count) {
  wanted = count;
  if (timer || wanted === shown) return;
  write();
  timer = setTimeout(() => {
    timer = 0;
    showUnread(wanted);
  }, PAUSE_MS);
}

function write() {
  document.title = wanted ? `(${wanted}) ${title}` : title;
  if (Math.min(wanted, MOST) !== Math.min(shown, MOST)) draw(Math.min(wanted, MOST));
  shown = wanted;
}

function draw(count) {
  if (!count) {
    link.href = plain;
    return;
  }
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 32;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#1f5fbf";
  pen.beginPath();
  pen.roundRect(0, 0, 32, 32, 7);
  pen.fill();
  pen.fillStyle = "#ffffff";
  pen.font = `600 ${count > 9 ? 19 : 23}px sans-serif`;
  pen.textAlign = "center";
  pen.fillText(String(count), 16, count > 9 ? 23 : 24);
  link.type = "image/png";
  link.href = canvas.toDataURL();
}
