import { stopLab, type Stopped } from '../../session/stop.ts';
import { labHere, print, printJson, type Invocation } from '../invocation.ts';

export async function stop(invocation: Invocation, { purge = false }: { purge?: boolean }): Promise<void> {
  const stopped = await stopLab(labHere(invocation), purge);
  if (invocation.json) {
    printJson(stopped);
    return;
  }
  print(ending(stopped));
  if (stopped.engine === 'killed') print('The engine did not answer and was ended by force.');
  if (stopped.leftovers > 0) print(`${stopped.leftovers} left processes were ended.`);
  if (stopped.remains) print(stopped.remains);
  if (stopped.kept.length > 0) {
    print(`Your own work stays in .brokenprod: ${stopped.kept.join(', ')} (stop --purge removes it).`);
  }
}

function ending({ wasThere, remains }: Stopped): string {
  if (remains) return 'The lab has ended here, but not everywhere:';
  return wasThere ? 'The lab has ended; nothing of it runs any more.' : 'No lab was running here.';
}
