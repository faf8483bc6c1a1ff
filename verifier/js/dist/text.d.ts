/** Reports whether every character is one of Unicode 15. */
export declare function isAssigned(s: string): boolean;
/** Reports whether a text is in NFC and of characters that a register may write. */
export declare function allowedText(s: string): boolean;
/** Reports whether a text is in NFC and of characters that can be seen. */
export declare function readable(s: string): boolean;
