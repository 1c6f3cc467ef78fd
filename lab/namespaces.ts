/** Where the shop runs, and what stands beside it for the lab's own use. */
export const shopNamespace = 'production';
export const labNamespace = 'lab-system';
