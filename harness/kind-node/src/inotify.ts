/**
 * Each node runs systemd, a kubelet and containerd, which share one small default of inotify
 * instances.
 */
import { readFile, writeFile } from "node:fs/promises";

const INOTIFY_LIMITS = { max_user_instances: 1_024, max_user_watches: 524_288 } as const;

const pathOf = (limit: string): string => `/proc/sys/fs/inotify/${limit}`;

interface InotifyLimit {
  readonly limit: string;
  readonly current: number;
  readonly wanted: number;
  /** The command that raises it. */
  readonly fix: string;
}

/** The limits of this host that several nodes share. */
export async function inotifyLimits(): Promise<InotifyLimit[]> {
  const limits: InotifyLimit[] = [];
  for (const [limit, wanted] of Object.entries(INOTIFY_LIMITS)) {
    const text = await readFile(pathOf(limit), "utf8").catch(() => undefined);
    // No such file: not a Linux, and Docker runs in a virtual machine with limits of its own.
    if (text === undefined) continue;
    const fix = `sudo sysctl --write fs.inotify.${limit}=${wanted}`;
    limits.push({ limit, current: Number(text), wanted, fix });
  }
  return limits;
}

/** Those that are too low for several nodes. */
export const lowInotifyLimits = async (): Promise<InotifyLimit[]> =>
  (await inotifyLimits()).filter(({ current, wanted }) => current < wanted);

/** Raises what is low when this process may, and says the command when it may not. */
export async function raiseInotifyLimits(onProgress?: (line: string) => void): Promise<void> {
  for (const { limit, current, wanted, fix } of await lowInotifyLimits()) {
    try {
      await writeFile(pathOf(limit), String(wanted));
      onProgress?.(`raised fs.inotify.${limit} from ${current} to ${wanted}`);
    } catch {
      onProgress?.(`fs.inotify.${limit} is ${current}; if nodes do not start: ${fix}`);
    }
  }
}
