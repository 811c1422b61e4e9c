/**
 * The services that the planned telemetry pretends to come from; metrics are routed by these names.
 */
export const SERVICES = [
  "accounts",
  "address-book",
  "ads",
  "basket",
  "billing",
  "catalog",
  "checkout",
  "coupons",
  "currency",
  "delivery",
  "email",
  "fraud-check",
  "frontend",
  "gift-cards",
  "inventory",
  "invoices",
  "loyalty",
  "payment",
  "pricing",
  "recommendations",
  "returns",
  "reviews",
  "search",
  "tax",
] as const;
