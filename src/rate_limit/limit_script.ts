import { unitsPerCost } from "./gcra.ts";
import type { Policy } from "./policy.ts";
import type { PolicyState } from "./quota.ts";

/** So that milliseconds in the store stay small numbers: 2026-01-01. */
const EPOCH_SECONDS = 1_767_225_600;
const NEVER = -1;
/** The longest time that is told, and the longest that a row is kept for, which is as good as for ever. */
const MS_MAX = Number.MAX_SAFE_INTEGER;
const KEPT_MS_MAX = 10 * 366 * 86_400_000;

/**
 * The arithmetic of `gcra.ts` and `sliding_window.ts`, cell for cell, by the clock of the store. The value
 * of a key is its row, and expires when it is as if it had never been. Arguments: the cost, then five for
 * each policy: kind, limit (or burst), window in ms, units per ms (or ms of a slot), units per cost (or
 * slots). The answer: whether it is allowed, then three for each policy: remaining, reset and retry in ms.
 */
export const LIMIT_SCRIPT: string = `
local time = redis.call('TIME')
local ms = (time[1] - ${EPOCH_SECONDS}) * 1000 + time[2] / 1000
local cost = tonumber(ARGV[1])
local raw = redis.call('GET', KEYS[1])
local row = raw and cmsgpack.unpack(raw) or {}
local allowed, at, offers = true, 1, {}

local function up(left) return left > 0 and math.min(math.ceil(left), ${MS_MAX}) or 0 end

local function gcra(cell, burst, window, rate, unit)
  local now = math.floor(ms * rate)
  local full = math.max(row[cell] or now, now)
  local taken = full + cost * unit
  local room = now + burst * unit
  local offer = { fits = taken <= room, width = 1 }
  function offer.take() row[cell] = taken end
  function offer.report(did)
    if did then full = taken end
    local retry = 0
    if taken > room and not did then
      retry = cost <= burst and math.max(1, up((taken - burst * unit) / rate - ms)) or ${NEVER}
    end
    return math.max(0, math.floor((room - full) / unit)), up(full / rate - ms), retry
  end
  return offer
end

local function window(cell, limit, width, slot_ms, slots)
  local ring = slots + 1
  local slot = math.floor(ms / slot_ms)
  local newest = row[cell] or slot - ring
  -- The store's clock may have gone back.
  slot = math.max(slot, newest)
  local oldest = slot - slots
  local used = 0
  for s = oldest, newest do used = used + row[cell + 1 + s % ring] end
  local offer = { fits = used + cost <= limit, width = ring + 1 }
  local function gone(s) return up((s + ring) * slot_ms - ms) end
  function offer.take()
    for s = math.max(newest + 1, oldest), slot do row[cell + 1 + s % ring] = 0 end
    row[cell] = slot
    row[cell + 1 + slot % ring] = row[cell + 1 + slot % ring] + cost
  end
  function offer.report(did)
    local total = used + (did and cost or 0)
    local retry, over = 0, used + cost - limit
    if over > 0 and not did then
      retry = ${NEVER}
      if cost <= limit then
        local s = oldest
        while over > 0 do
          over = over - row[cell + 1 + s % ring]
          if over <= 0 then retry = gone(s) end
          s = s + 1
        end
      end
    end
    local reset = total > 0 and gone(did and slot or newest) or 0
    return math.max(0, limit - total), reset, retry
  end
  return offer
end

for i = 2, #ARGV, 5 do
  local make = ARGV[i] == 'gcra' and gcra or window
  local offer = make(at, tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3]),
    tonumber(ARGV[i + 4]))
  at = at + offer.width
  allowed = allowed and offer.fits
  offers[#offers + 1] = offer
end
local take = allowed and cost > 0
if take then
  -- A row has no holes, or it could not be packed as a list.
  for i = 1, at - 1 do row[i] = row[i] or -1 end
  for _, offer in ipairs(offers) do offer.take() end
end
local answer, last = { allowed and 1 or 0 }, 0
for _, offer in ipairs(offers) do
  local remaining, reset, retry = offer.report(take)
  answer[#answer + 1] = remaining
  answer[#answer + 1] = reset
  answer[#answer + 1] = retry
  last = math.max(last, reset)
end
if take then
  local kept = string.format('%.0f', math.min(math.max(1, last), ${KEPT_MS_MAX}))
  redis.call('SET', KEYS[1], cmsgpack.pack(row), 'PX', kept)
end
return answer
`.trim();

/** What the script is told of the policies. */
export function scriptArguments(policies: readonly Policy[]): readonly (string | number)[] {
  return policies.flatMap((policy) => {
    const { algorithm, limit, windowMs, burst, slots } = policy;
    if (algorithm !== "gcra") return [algorithm, limit, windowMs, windowMs / slots, slots];
    const unit = unitsPerCost(policy);
    return [algorithm, burst, windowMs, limit / windowMs * unit, unit];
  });
}

/** What the script answered. */
export interface ScriptAnswer {
  readonly allowed: boolean;
  readonly states: readonly PolicyState[];
}

/**
 * Reads the answer of the script.
 *
 * @throws {TypeError} if it is none.
 */
export function readAnswer(answer: unknown, policies: readonly Policy[]): ScriptAnswer {
  const isAnswer = Array.isArray(answer) && answer.length === 1 + 3 * policies.length &&
    answer.every((number) => Number.isSafeInteger(number));
  if (!isAnswer) {
    throw new TypeError("Cannot read the store's answer: it must be whole numbers for each policy");
  }
  const numbers = answer as readonly number[];
  const states = policies.map(({ name, limit }, i): PolicyState => {
    const [remaining, resetMs, retry] = numbers.slice(1 + 3 * i) as [number, number, number];
    const retryAfterMs = retry === NEVER ? Infinity : retry;
    return { policy: name, limit, remaining, resetMs, retryAfterMs };
  });
  return { allowed: numbers[0] === 1, states };
}
