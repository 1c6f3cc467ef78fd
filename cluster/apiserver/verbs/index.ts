import type { Verb } from '../../objects/kinds/kind.ts';
import type { ApiVerb } from '../api-call.ts';
import { create } from './create.ts';
import { removeCollection } from './delete-collection.ts';
import { remove } from './delete.ts';
import { getObject } from './get.ts';
import { listObjects } from './list.ts';
import { patch } from './patch.ts';
import { update } from './update.ts';
import { watchObjects } from './watch.ts';

/** What the API can do with the objects of every kind. */
export const verbs = {
  get: getObject,
  list: listObjects,
  watch: watchObjects,
  create,
  update,
  patch,
  delete: remove,
  deletecollection: removeCollection,
} satisfies Record<Verb, ApiVerb>;
