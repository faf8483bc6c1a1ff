/** Writes days since 1970-01-01 as YYYY-MM-DD; undefined outside the years of the catalogue. */
export declare function dateOfDay(day: number): string | undefined;
/** Reports whether a text is YYYY or YYYY-MM within the years of the catalogue. */
export declare function isPartialDate(s: string): boolean;
/** Writes dd/mm/yyyy, mm/yyyy or yyyy. */
export declare function showDate(s: string): string;
/** A moment: the millisecond at or before it, and the nanoseconds after that. */
export interface Moment {
    readonly ms: number;
    readonly ns: number;
}
/** The millisecond at or after the moment. */
export declare function ceil(m: Moment): number;
/** Reads an RFC 3339 date-time from 1970 on; undefined if it is none. */
export declare function parseMoment(s: unknown): Moment | undefined;
