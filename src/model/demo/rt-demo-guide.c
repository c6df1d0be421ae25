/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-demo-guide.h"

#include <glib/gi18n-lib.h>

char *
rt_demo_guide_greet (void)
{
  return g_strdup (_("Hello! Ada, Bo, Cleo and Dag are programs that live in your Roundtable. Nothing that is said here leaves this computer. Write something, and one of us answers."));
}

/* What the person did, and what it shows. */
static char *
praise (RtDemoStep step, const char *text)
{
  switch (step)
    {
    case RT_DEMO_STEP_TALK:
      return g_strdup (_("I heard you. This is a reply: choose the line above it, and you are back at yours."));
    case RT_DEMO_STEP_REPLY:
      return g_strdup (_("That was a reply: everybody sees what it answers."));
    case RT_DEMO_STEP_WHISPER:
      return g_strdup (_("Only you and I have read that."));
    case RT_DEMO_STEP_TABLE:
      /* Translators: %s is the name of a key of the shared table */
      return g_strdup_printf (_("I have %s now, and so has everybody here. For an hour nobody but you can change it."), text);
    case RT_DEMO_STEP_LOOK:
    case RT_DEMO_STEP_DONE:
    default:
      return NULL;
    }
}

/* What to try next. */
static const char *
lead_on (RtDemoStep step)
{
  switch (step)
    {
    case RT_DEMO_STEP_REPLY:
      return _("Now answer me: choose Reply in the menu of this message.");
    case RT_DEMO_STEP_WHISPER:
      return _("Now say something to me alone: choose “Reply privately” in the menu of this message.");
    case RT_DEMO_STEP_TABLE:
      /* Translators: “count” is the name of a key: leave it as it is */
      return _("Now open the Table page: all of us share it. Try to change “count”, which is Bo’s, and see what becomes of that. Then add a key of your own.");
    case RT_DEMO_STEP_LOOK:
      return _("Now open the Peers page, which tells who is linked to you and how well. To some of us you have no link: others pass on what we say, as the details of a message show. "
               "The Traffic page has every packet. Then write something here.");
    case RT_DEMO_STEP_DONE:
      return _("At last try the lab mode, in the menu of this network: make the links slow, lose some of what is sent, or split the network in two, and see how it mends when you "
               "stop. That was the tour. In the same menu you leave the demo; until then we are here to talk.");
    case RT_DEMO_STEP_TALK:
    default:
      return NULL;
    }
}

static char *
give_tip (RtDemoGuide *self, const char *way)
{
  g_autofree char *tip = NULL;

  switch (self->tip++ % 5)
    {
    case 0:
      /* Translators: %s is the name of a peer */
      tip = way != NULL ? g_strdup_printf (_("I heard you, by way of %s."), way) : g_strdup (_("I heard you: we two are linked."));
      break;
    case 1:
      /* Translators: #count is a key of the shared table: leave it as it is */
      tip = g_strdup (_("Write # and the name of a key, as in #count, and everybody sees its value."));
      break;
    case 2:
      tip = g_strdup (_("Go offline in the menu of this network, write something, and go online again: then it is sent."));
      break;
    case 3:
      tip = g_strdup (_("Ctrl+Shift+F finds what was said, in all of your networks."));
      break;
    default:
      tip = g_strdup (_("F6 leads from pane to pane, and Ctrl+? shows what else the keyboard can do."));
      break;
    }
  if (self->step >= RT_DEMO_STEP_DONE)
    return g_steal_pointer (&tip);
  /* Translators: %s is a sentence; the person goes on by writing the word in quotes, which is the one translated as “next” elsewhere */
  return g_strdup_printf (_("%s Write “next” to go on with the tour."), tip);
}

static gboolean
is_word (const char *text, const char *word, const char *translated)
{
  g_autofree char *said = g_strstrip (g_utf8_casefold (text, -1)), *ours = g_utf8_casefold (translated, -1);

  return g_str_equal (said, word) || g_str_equal (said, ours);
}

static gboolean
is_waited_for (RtDemoStep step, RtDemoEvent event)
{
  switch (step)
    {
    case RT_DEMO_STEP_TALK:
    case RT_DEMO_STEP_LOOK:
      return event != RT_DEMO_WROTE;
    case RT_DEMO_STEP_REPLY:
      return event == RT_DEMO_REPLIED;
    case RT_DEMO_STEP_WHISPER:
      return event == RT_DEMO_WHISPERED;
    case RT_DEMO_STEP_TABLE:
      return event == RT_DEMO_WROTE;
    case RT_DEMO_STEP_DONE:
    default:
      return FALSE;
    }
}

char *
rt_demo_guide_answer (RtDemoGuide *self, RtDemoEvent event, const char *text, const char *way)
{
  g_autofree char *praised = NULL;
  gboolean skip = FALSE;

  if (event != RT_DEMO_WROTE)
    {
      /* Translators: what the person writes to the peers of the demonstration to go on with their tour */
      skip = self->step < RT_DEMO_STEP_DONE && is_word (text, "next", _("next"));
      /* Translators: what the person writes to the peers of the demonstration to begin their tour anew */
      if (is_word (text, "help", _("help")))
        {
          self->step = RT_DEMO_STEP_TALK;
          return rt_demo_guide_greet ();
        }
    }
  if (!skip && !is_waited_for (self->step, event))
    return event == RT_DEMO_WROTE ? NULL : give_tip (self, way);
  if (!skip)
    praised = praise (self->step, text);
  self->step++;
  return praised != NULL ? g_strdup_printf ("%s %s", praised, lead_on (self->step)) : g_strdup (lead_on (self->step));
}
