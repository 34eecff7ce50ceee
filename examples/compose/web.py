"""A server that knows nothing of signals: as PID 1 it would ignore SIGTERM."""
import http.server

server = http.server.ThreadingHTTPServer(('', 8080), http.server.SimpleHTTPRequestHandler)
print('serving', flush=True)
server.serve_forever()
