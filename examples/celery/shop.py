"""A queue in a folder, so that the example needs no server beside it, and one task: an export that takes as long as it takes."""
import os
import time

import celery

FOLDER = '/data'

application = celery.Celery('shop', broker='filesystem://', broker_transport_options={
    'data_folder_in': f'{FOLDER}/queue', 'data_folder_out': f'{FOLDER}/queue', 'control_folder': f'{FOLDER}/control'})
os.makedirs(f'{FOLDER}/queue', exist_ok=True)


@application.task
def export(name):
    print(f'export: started {name}')  # celery makes a line of its log of each string
    while not os.path.exists(f'{FOLDER}/{name}.stock'):  # what it waits for comes from elsewhere
        time.sleep(0.1)
    print(f'export: saved {name}')
