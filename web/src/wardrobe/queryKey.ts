// What is read of the wardrobe begins with this key.
export const WARDROBE = ["wardrobe"] as const;
