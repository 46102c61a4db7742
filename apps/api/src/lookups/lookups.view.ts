import { ApiProperty } from '@nestjs/swagger';
import type { Customer, Order, OrderItem } from '@parley/messaging';

/** A customer as your own system knows them. */
export class CustomerView implements Customer {
  @ApiProperty({ example: 'C-1042' })
  id!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Ana Pop' })
  name!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Ana' })
  firstName!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '+40723000111' })
  phone!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'ana@example.ro' })
  email!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'ro' })
  language!: string | null;
}

export class ContactCustomerView {
  @ApiProperty({ type: CustomerView, nullable: true, description: 'null: your system knows nobody of this id or phone number.' })
  customer!: CustomerView | null;
}

export class OrderItemView implements OrderItem {
  @ApiProperty({ example: 'Pizza Margherita' })
  name!: string;

  @ApiProperty({ oneOf: [{ type: 'number' }, { type: 'string' }], nullable: true, example: 2 })
  quantity!: number | string | null;
}

/** An order as your own system knows it. */
export class OrderView implements Order {
  @ApiProperty({ example: 'A-1042' })
  id!: string;

  @ApiProperty({ type: String, nullable: true, example: '1042' })
  number!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'C-1042' })
  customerId!: string | null;

  @ApiProperty({ example: 'preparing' })
  status!: string;

  @ApiProperty({ oneOf: [{ type: 'number' }, { type: 'string' }], nullable: true, example: 125.5 })
  total!: number | string | null;

  @ApiProperty({ type: String, nullable: true, example: 'RON' })
  currency!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '2026-11-07T18:30:00+02:00' })
  createdAt!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'https://example.ro/orders/A-1042' })
  url!: string | null;

  @ApiProperty({ type: [OrderItemView] })
  items!: OrderItemView[];
}

export class ContactOrdersView {
  @ApiProperty({ type: [OrderView], description: 'At most 50, as your system ordered them.' })
  data!: OrderView[];
}

/** Shown once. */
export class LookupSecretView {
  @ApiProperty({ example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', description: 'Signs every question (Standard Webhooks). It is not shown again.' })
  secret!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Until then the secret before this one signs as well; null: there was none.' })
  previousUntil!: string | null;
}

export const orderView = ({ items, ...order }: Order): OrderView => ({ ...order, items: [...items] });
