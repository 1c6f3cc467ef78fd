export interface Product {
  item: string;
  title: string;
  priceCents: number;
}

const named: [item: string, title: string, priceCents: number][] = [
  ['laptop', 'Laptop 14"', 119_900],
  ['phone', 'Smartphone', 69_900],
  ['tablet', 'Tablet 11"', 44_900],
  ['monitor', 'Monitor 27"', 27_900],
  ['keyboard', 'Mechanical keyboard', 8_900],
  ['mouse', 'Wireless mouse', 3_900],
  ['headphones', 'Headphones', 14_900],
  ['webcam', 'Webcam', 5_900],
  ['microphone', 'USB microphone', 9_900],
  ['speaker', 'Bluetooth speaker', 7_900],
  ['camera', 'Mirrorless camera', 84_900],
  ['printer', 'Laser printer', 18_900],
  ['router', 'Wi-Fi router', 11_900],
  ['ssd', 'SSD 1 TB', 9_400],
  ['usb-cable', 'USB-C cable', 1_200],
  ['charger', 'Charger 65 W', 3_400],
  ['desk-lamp', 'Desk lamp', 4_500],
  ['backpack', 'Backpack', 6_500],
  ['book', 'The night shift, a novel', 1_800],
  ['test', 'Test article', 100],
];

/** What the shop sells: things with names, and item-1 to item-20. */
export const catalogue: readonly Product[] = [
  ...named.map(([item, title, priceCents]) => ({ item, title, priceCents })),
  ...Array.from({ length: 20 }, (_, index) => ({
    item: `item-${index + 1}`,
    title: `Article no. ${index + 1}`,
    priceCents: 500 + (index + 1) * 125,
  })),
];
