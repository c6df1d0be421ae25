/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "../mesh/own-peer.h"
#include "p2p/chord/p2p-chord-ask-private.h"

G_BEGIN_DECLS

/* Nodes with a distributed table, in a test's world, and what each was told. */
typedef struct _ChordFixture ChordFixture;

typedef struct {
  ChordFixture *fixture;
  MeshNode *mesh;
  P2pChordNode *chord;
  GString *log;                 /* an event a line: "added k mine", "deleted k", "refused NOBODY", "seed 2" */
  GHashTable *records;          /* what is to be kept: id to record, of GBytes */
  guint n_ring;
  P2pX1 *x1;                    /* chord_key(): it signs; NULL: it does not */
  void (*act) (gpointer node);  /* at the next event, or end of an operation */
} ChordNode;

struct _ChordFixture {
  MeshFixture *mesh;
  guint k;
  GPtrArray *nodes;
};

/* How something that was begun ended. */
typedef struct {
  guint calls;
  P2pChordLook *look;
  guint places_ok;
  GError *error;
  ChordNode *act_on;            /* nullable: whose act is called then */
} ChordResult;
void         chord_result_clear (ChordResult *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ChordResult, chord_result_clear)
void         chord_look_cb  (P2pChordLook *look, gpointer data);
void         chord_write_cb (P2pChordLook *look, guint places_ok, const GError *error, gpointer data);
void         chord_done_cb  (const GError *error, gpointer data);

ChordFixture *chord_fixture_new  (guint k);
void          chord_fixture_free (ChordFixture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChordFixture, chord_fixture_free)

ChordNode   *chord_add      (ChordFixture *self, const char *name);
ChordNode   *chord_add_joined (ChordFixture *self, const char *name);
void         chord_key      (ChordNode *self);                                  /* before its first link: it signs what it writes */
void         chord_end      (ChordNode *self);
void         chord_run      (ChordFixture *self, gint64 span);
void         chord_connect  (ChordNode *self, ChordNode *to);
void         chord_join     (ChordNode *self);                                  /* and waits until it is done */

/* The outcome, waited for; value as text in the next one. Values in GVariant text. The error's code or -1: done. */
P2pChordOutcome chord_look  (ChordNode *self, const char *key, ChordResult *result);
const char  *chord_get      (ChordNode *self, const char *key);                 /* "" for none; until the next call */
int          chord_set      (ChordNode *self, const char *key, const char *value);
int          chord_delete   (ChordNode *self, const char *key);
int          chord_delta    (ChordNode *self, const char *key, const char *map);
guint        chord_count    (ChordNode *self, const char *line);                /* lines of the log that begin so */
guint64      chord_drops    (ChordNode *self, P2pDropReason reason);
guint        chord_stored   (ChordNode *self);
/* Puts a value where it belongs, without any message. */
void         chord_plant    (ChordNode *self, const char *key, guint hash, guint64 stamp, const char *value);

/* Scripted neighbours: raw_dial() of a py2p (id as bin) or js2p; storing: says meta "0" and hears our answer. */
RawPeer     *chord_raw      (ChordNode *to, const char *name, P2pIdForm form, gboolean storing);
/* One that says HELLO. */
RawPeer     *chord_own      (ChordNode *to, const char *name, gboolean storing);
char        *chord_spot     (const char *key, guint hash);                      /* base58, transfer full */
guint        chord_asked    (RawPeer *raw, const char *key, guint hash);        /* retrieves of that spot that came */
guint        chord_told     (RawPeer *raw, const char *key, guint hash);        /* stores */
/* Answers, once and all of the five; rest: "" of an original, or behind a comma what one of ours adds. value: GVariant text, "()" for nil */
void         chord_answer   (RawPeer *raw, const char *key, guint hash, const char *value, const char *rest);
void         chord_answer_all (RawPeer *raw, const char *key, const char *value, const char *rest);
/* Which of the five belong to that node, when these two store: bit by hash. */
guint        chord_places_of (ChordFixture *self, const char *key, const char *id, const char *other_id);
/* A message's packets in hex, as they are on the wire after main flag, sender and time. */
char        *chord_hex      (P2pMessage *message);
char        *chord_print    (P2pMessage *message);

G_END_DECLS
