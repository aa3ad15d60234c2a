import { useEffect, useState } from "preact/hooks";

/** Renders the component again every `ms` while `isOn`. */
export function useTick(ms: number, isOn: boolean): void {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => tick((n) => n + 1), ms);
    return () => clearInterval(timer);
  }, [ms, isOn]);
}
