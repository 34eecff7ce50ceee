"""GET /?ADDRESS answers with the page at that address as Chromium has made it of its HTML and scripts."""
import http.server
import subprocess
import urllib.parse


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        address = urllib.parse.unquote(urllib.parse.urlsplit(self.path).query)
        # --no-sandbox: an engine's seccomp filter does not let Chromium make the namespaces of its own sandbox.
        # --disable-dev-shm-usage: /dev/shm is small in a container.
        page = subprocess.run(['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--dump-dom', address],
                              stdout=subprocess.PIPE).stdout
        self.send_response(200 if page else 502)
        self.send_header('Content-Type', 'text/plain; charset=utf-8')
        self.end_headers()
        self.wfile.write(page)


server = http.server.ThreadingHTTPServer(('', 8080), Handler)
print('serving', flush=True)
server.serve_forever()
