// The number of unread requests in the title and in the tab's icon.
const title = document.title;
const link = document.querySelector('link[rel="icon"]');
const plain = link.href;
let shown = 0;

export function showUnread(count) {
  if (count === shown) return;
  shown = count;
  document.title = count ? `(${count}) ${title}` : title;
  if (count) draw(Math.min(count, 99));
  else link.href = plain;
}

function draw(count) {
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
