// A server that knows nothing of signals, as most do.
const http = require('http');

http.createServer((request, response) => response.end('hello\n'))
  .listen(8080, () => console.log('listening'));
