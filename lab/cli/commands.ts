import { InvalidArgumentError, Option, type Command } from 'commander';
import { levels, levelTitle, readLevel, type Level } from '../../scenarios/levels.ts';
import { exitCode, type Invocation } from './invocation.ts';

/** What a command answers with: its exit code, or nothing for 0. */
type Action = (invocation: Invocation, ...args: never[]) => Promise<number | void>;
type Add = (name: string, description: string, load: () => Promise<Action>) => Command;

const allLevels = new Intl.ListFormat('en', { type: 'disjunction' }).format(levels.map(levelTitle));

function levelOf(text: string): Level {
  const level = readLevel(text);
  if (!level) throw new InvalidArgumentError(`Levels are ${allLevels}.`);
  return level;
}

/** Adds every command. Its code is loaded when it is called, so that `--help` costs nothing. */
export function addCommands(program: Command, invocation: Invocation): void {
  const image = program.command('image').description('images that the cluster can pull');
  const findings = program.command('findings').description('what you found: component, kind of fault, cause, …');
  const addTo =
    (parent: Command): Add =>
    (name, description, load) =>
      parent
        .command(name)
        .description(description)
        .addOption(new Option('--json', 'print facts as one JSON object'))
        .action(async (...args: unknown[]) => {
          const action = (await load()) as unknown as (...all: unknown[]) => Promise<number | void>;
          // Commander adds itself as the last argument.
          process.exitCode = (await action(invocation, ...args.slice(0, -1))) ?? exitCode.done;
        });
  addSession(addTo(program));
  addWork(addTo(program));
  addFindings(addTo(findings));
  addImages(addTo(image));
  program
    .command('kubectl [args...]')
    .description("kubectl with the lab's kubeconfig")
    .helpOption(false)
    .allowUnknownOption();
}

/** The life of a lab. */
function addSession(add: Add): void {
  add(
    'start',
    'boot the cluster, deploy the shop, break it and hand it over',
    async () => (await import('./commands/start.ts')).start,
  )
    .argument('[scenario]', 'see: brokenprod list; friday-afternoon when nothing else is asked for')
    .option('--fault <ids...>', 'a drill: this fault alone, or these together')
    .option('--random <number>', 'so many faults, drawn by the seed')
    .addOption(
      new Option('--level <level>', `with --random: no fault is harder; ${allLevels}`)
        .argParser(levelOf)
        .default('intermediate'),
    )
    .addOption(
      new Option('--engine <engine>', 'what runs the cluster')
        .choices(['embedded', 'k3d', 'kubeconfig'])
        .default('embedded'),
    )
    .option('--context <context>', 'with --engine kubeconfig: the context of your kubeconfig')
    .option('--namespace <namespace>', 'with --engine kubeconfig: the seat; see brokenprod adopt')
    .option('--images <where>', 'with --engine kubeconfig: a registry such as registry.example/team, or kind:NAME, …')
    .option('--platform <platforms>', 'with --engine kubeconfig: of its nodes, such as linux/amd64,linux/arm64')
    .option('--kubeconfig <file>', 'with --engine kubeconfig: default as for kubectl')
    .option(
      '--seed <seed>',
      'draws the faults of --random, and which variant of each fault it is; the same seed, the same incident',
    )
    .option(
      '--history <seconds>',
      'how long customers use the shop before a fault that comes as a release (default: 60)',
    );
  add(
    'adopt',
    'make seats for labs on a cluster of yours, or give them back',
    async () => (await import('./commands/adopt.ts')).adopt,
  )
    .requiredOption('--context <context>', 'the context of your kubeconfig')
    .requiredOption('--namespace <namespace...>', 'one seat for each name; a second namespace, NAME-lab, goes with it')
    .option('--kubeconfig <file>', 'default as for kubectl')
    .option('--access <folder>', 'also write a kubeconfig for the trainee of each seat, who may do nothing outside it')
    .option('--days <number>', 'with --access: how long it holds', '7')
    .option('--undo', 'give the seats back')
    .option('--yes', 'yes, do it');
  add('status', 'what runs in this folder', async () => (await import('./commands/status.ts')).status);
  add('list', 'the scenarios and the drills that there are', async () => (await import('./commands/list.ts')).list);
  add(
    'validate',
    'author: look whether a fault or scenario can be used',
    async () => (await import('./commands/validate.ts')).validate,
  ).argument('<paths...>', 'its folder, or fault.yaml or scenario.yaml in it');
  add('reset', 'back to the broken start', async () => (await import('./commands/reset.ts')).reset);
  add('stop', 'end the lab and remove what it left', async () => (await import('./commands/stop.ts')).stop).option(
    '--purge',
    'also remove the workspace that you changed and your verdicts',
  );
}

/** What a trainee, or an instructor, does with it. */
function addWork(add: Add): void {
  add(
    'env',
    'print what makes this shell\'s kubectl look at the lab: eval "$(npx brokenprod env)"',
    async () => (await import('./commands/env.ts')).env,
  ).addOption(new Option('--shell <shell>', 'the kind of shell').choices(['sh', 'fish', 'powershell']));
  add(
    'hint',
    'the next hint, of the incident or of one issue; counted',
    async () => (await import('./commands/hint.ts')).hint,
  ).argument('[issue]', 'an issue, by its number in the report of a grading');
  add(
    'grade',
    'judge the system: what is repaired, what is not, and why',
    async () => (await import('./commands/grade.ts')).grade,
  )
    .option('--quick', 'a short look instead of two minutes')
    .option('--report <file>', 'also write the verdict to a file: .html, .json, .xml (JUnit), .md or .txt')
    .option('--watch', 'look again and again, and show issues as they are repaired; ends with Ctrl-C')
    .option('--verify <bundle>', 'judge a bundle again from its evidence, offline, and show tampering')
    .option('--explain', 'instructor: also tell what is behind the issues that are open');
  add(
    'diagnose',
    'collect what there is to see into a folder: status, events, logs, resources; without secrets',
    async () => (await import('./commands/diagnose.ts')).diagnose,
  ).option('--out <folder>', 'a new one; default: diagnosis-TIME in this folder');
  add(
    'rollback',
    'emergency: every Deployment back to its last healthy revision; noted in the timeline',
    async () => (await import('./commands/rollback.ts')).rollback,
  ).option('--yes', 'yes, do it');
  add(
    'timeline',
    'what happened when: changes, hints, findings, gradings',
    async () => (await import('./commands/timeline.ts')).timeline,
  );
  add('class', 'instructor: one table of many bundles', async () => (await import('./commands/class.ts')).classTable)
    .argument('<paths...>', 'folders of bundles or bundles, each named after its person: ada.bundle.json.gz, ada/…')
    .option('--csv', 'as comma-separated values')
    .option('--html', 'as a page')
    .option('--max-age <hours>', 'tell which bundles are older')
    .option('--seeds <file>', 'the seed that each person was given: lines of PERSON SEED');
  add('solve', 'instructor: apply the reference solution', async () => (await import('./commands/solve.ts')).solve)
    .argument('[issues...]', 'only these issues')
    .option('--yes', 'yes, give it away');
}

function addFindings(add: Add): void {
  add('add', 'note one; asks for what is not given', async () => (await import('./commands/findings.ts')).addFindings)
    .option('--component <name>', 'such as order-service')
    .option('--kind <kind>', 'configuration, image, dependency, probe, networking, resources, code, chaos, …')
    .option('--symptom <text>', 'what was seen')
    .option('--root-cause <text>', 'what caused it')
    .option('--impact <text>', 'whom it hurts')
    .option('--severity <sev>', 'SEV1 to SEV4')
    .option('--fix <text>', 'what has to change');
  add('list', 'what is noted', async () => (await import('./commands/findings.ts')).listFindings);
  add('remove', 'take one back', async () => (await import('./commands/findings.ts')).removeFindings).argument(
    '<number>',
    'as the list shows it',
  );
}

function addImages(add: Add): void {
  add(
    'build',
    "build a service from the workspace's source",
    async () => (await import('./commands/image.ts')).buildImage,
  )
    .argument('<service>', 'such as order-service')
    .option('-t, --tag <tag>', 'the tag', 'latest');
  add('list', 'the images that there are', async () => (await import('./commands/image.ts')).listImages);
}
