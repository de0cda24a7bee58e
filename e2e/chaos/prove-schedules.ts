import { openTriggerScene } from "../servers/trigger-scene.ts";
import { buildTemplate, cloneTemplate, openTestDatabase } from "../database.ts";
import { keepSlots, planAlone } from "./cron-slots.ts";
import type { Proof } from "./proofs.ts";

/** 1,000 schedules, two engines, ten minutes without any. */
export const proveSchedules: Proof = async (_, onNews) => {
  const template = await buildTemplate();
  const scene = await openTriggerScene(openTestDatabase(await cloneTemplate(template.url)));
  const alone = await openTriggerScene(openTestDatabase(await cloneTemplate(template.url)));
  try {
    const found = await keepSlots(scene, 1_000);
    const { schedules, expected, started, twice, missing, uncalled, spreadS } = found;
    onNews(`${started} runs for ${expected} slots of ${schedules} schedules`);
    const control = await keepSlots(alone, 60, planAlone);
    return {
      figures:
        `${schedules} schedules, two engines, ten minutes without any: ${expected} slots, ${started} runs, ${twice} slots twice, ` +
        `${missing} missing, ${uncalled} runs uncalled for; the slot that all share spread over ${spreadS} s`,
      numbers: { schedules, expected, started, twice, missing, uncalled, spreadS },
      controls: [{ name: "engines that plan alone", red: control.twice > 0 }],
      broken: [
        ...(twice === 0 ? [] : [`${twice} slots started more than one run`]),
        ...(missing === 0 ? [] : [`${missing} slots started none`]),
        ...(uncalled === 0
          ? []
          : [`${uncalled} runs were started that nobody asked for, or at another time`]),
        ...(spreadS >= 10 ? [] : [`one slot of all schedules was spread over ${spreadS} s only`]),
      ],
    };
  } finally {
    await scene.close();
    await alone.close();
    await template.stop();
  }
};
