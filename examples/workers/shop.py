"""A shop that answers with the length of what it is sent, and by whom. POST /export also starts a long job beside the workers."""
import os
import subprocess


def application(environ, start_response):
    length = len(environ['wsgi.input'].read())
    if environ['PATH_INFO'] == '/export':
        subprocess.Popen(['python3', 'export.py'], start_new_session=True)
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [f'{length} bytes, worker {os.getpid()}\n'.encode()]
