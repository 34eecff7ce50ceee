"""A long job that outlives the worker that started it. Asked to stop, it writes down how far it got."""
import signal

signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
print('export: started', flush=True)
signal.sigwait([signal.SIGTERM])
signal.sigtimedwait([], 0.2)  # so long does it take to write
print('export: saved', flush=True)
