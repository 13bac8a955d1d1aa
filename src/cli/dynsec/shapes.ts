import { z } from 'zod';

/** Texts for people, as every entity of a reply may have them. */
export const texts = { textname: z.string().optional(), textdescription: z.string().optional() };

/** The roles of a client or a group, as replies show them. */
export const roleReferences = z.array(z.object({ rolename: z.string(), priority: z.number().optional() }));
