"""Starts a job in a session of its own, and ends before it when both are asked to stop."""
import subprocess
import sys

JOB = '''
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
print("job: started", flush=True)
signal.sigwait([signal.SIGTERM])
signal.sigtimedwait([], 0.5)  # so long does it take to write
print("job: saved", flush=True)
'''

sys.exit(subprocess.Popen([sys.executable, '-c', JOB], start_new_session=True).wait())
