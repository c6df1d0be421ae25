/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each error of a link means: every code has its place here, and a test sees to it. */
#include "config.h"

#include "rt-reach.h"

#include <glib/gi18n-lib.h>

static const RtReachWords table[] = {
  { P2P_LINK_ERROR_FAILED, N_("Something else went wrong"),
    N_("None of the usual reasons fits. The words of the attempt say what the system told."),
    N_("Try again. If it stays, copy this page for a bug report."), RT_FIX_TRY_AGAIN },
  { P2P_LINK_ERROR_REFUSED, N_("Nobody listens there"),
    N_("The computer answered that no program takes connections at this port."),
    N_("Ask whether the program is running there, and at which port. A port may change when the program is started again."), RT_FIX_TRY_AGAIN },
  { P2P_LINK_ERROR_TIMED_OUT, N_("No answer"),
    N_("Nothing came back in time: the computer is off, or a firewall swallows what is sent to it."),
    N_("Ask whether the computer is on and in the same network, and whether its firewall lets this port through."), RT_FIX_TRY_AGAIN },
  { P2P_LINK_ERROR_UNREACHABLE, N_("There is no way there"),
    N_("No network of this computer leads to that address."),
    N_("Check the connection of this computer. An address that begins with 10, 172.16 or 192.168 is reached only from the same local network."), RT_FIX_TRY_AGAIN },
  { P2P_LINK_ERROR_NOT_RESOLVED, N_("There is no computer of this name"),
    N_("The name was looked up and not found."),
    N_("Check its spelling, or ask for the numeric address."), RT_FIX_FORGET },
  { P2P_LINK_ERROR_BAD_ADDRESS, N_("This is no usable address"),
    N_("An address is a computer’s name or number, a colon, and a port from 1 to 65535."),
    N_("Forget it, and ask for the right one."), RT_FIX_FORGET },
  { P2P_LINK_ERROR_TLS, N_("No encrypted connection"),
    N_("Somebody answers, but an encrypted connection could not be agreed on: perhaps the network there is not encrypted."),
    N_("Compare the encryption of this network with theirs."), RT_FIX_EDIT_NETWORK },
  { P2P_LINK_ERROR_TLS_UNAVAILABLE, N_("This system cannot encrypt"),
    N_("The part of the system that encrypts connections is missing here."),
    N_("Install the package glib-networking and start Roundtable again. No setting of the network replaces it."), RT_FIX_NONE },
  { P2P_LINK_ERROR_UNKNOWN_ENCRYPTION, N_("An unknown encryption"),
    N_("This network is set to an encryption that this program does not know."),
    N_("Choose SSL or Plaintext, whichever the others use."), RT_FIX_EDIT_NETWORK },
  { P2P_LINK_ERROR_WRONG_NETWORK, N_("Another network"),
    N_("A peer answers there, but in a network of another name, encryption or version."),
    N_("Compare all three with the others, to the letter."), RT_FIX_EDIT_NETWORK },
  { P2P_LINK_ERROR_SELF, N_("This is ourselves"),
    N_("The address leads back to this very node."),
    N_("Forget it. To meet a friend you need the friend’s address."), RT_FIX_FORGET },
  { P2P_LINK_ERROR_WRONG_ID, N_("Somebody else answered"),
    N_("Another node has this address now than the one that was looked for."),
    N_("Ask the person you look for whether the address has changed."), RT_FIX_FORGET },
  { P2P_LINK_ERROR_DUPLICATE, N_("There is a connection already"),
    N_("The node there is connected with us by another address, and one connection is enough."),
    N_("Nothing is to be done."), RT_FIX_NONE },
  { P2P_LINK_ERROR_HANDSHAKE_TIMEOUT, N_("It answers, but says nothing"),
    N_("Something takes the connection and does not speak as a peer: another program, or a network with another encryption."),
    N_("Check the port, and compare the encryption of this network with theirs."), RT_FIX_EDIT_NETWORK },
  { P2P_LINK_ERROR_HANDSHAKE, N_("The greeting makes no sense"),
    N_("What came first was no greeting of a peer: another program, another version, or a faulty one."),
    N_("Check the port and the version of the program there."), RT_FIX_TRY_AGAIN },
  { P2P_LINK_ERROR_FRAME, N_("What it sends makes no sense"),
    N_("A message did not have the form that messages have. A peer that does so on purpose is kept out."),
    N_("If it is a friend, ask for the version of the program there."), RT_FIX_TRY_AGAIN },
  { P2P_LINK_ERROR_FRAME_TOO_LARGE, N_("It sends too much at once"),
    N_("A single message was larger than this program takes."),
    N_("If it is a friend, ask for smaller messages."), RT_FIX_TRY_AGAIN },
  { P2P_LINK_ERROR_FRAME_STALLED, N_("It stops in the middle of a message"),
    N_("A message was begun and its end did not come in time: the connection is bad, or the peer holds it up."),
    N_("Try again when the connection is better."), RT_FIX_TRY_AGAIN },
  { P2P_LINK_ERROR_QUEUE_FULL, N_("It reads too slowly"),
    N_("More was waiting for this peer than is kept for one."),
    N_("Try again when the connection is better."), RT_FIX_TRY_AGAIN },
  { P2P_LINK_ERROR_CLOSED_BY_PEER, N_("It closed the connection"),
    N_("The other side ended it: the program was closed there, it has too many connections, or it did not like what it heard."),
    N_("Try again in a while. If it closes each time, ask what the program there says."), RT_FIX_TRY_AGAIN },
  { P2P_LINK_ERROR_CLOSED, N_("It was closed here"),
    N_("This program ended the connection, as you asked or because it was of no use."),
    N_("Try again if you want it back."), RT_FIX_TRY_AGAIN },
  { P2P_LINK_ERROR_TOO_MANY, N_("Too many connections"),
    N_("This node has as many connections as it may have."),
    N_("Close one that you need less, or allow more of them."), RT_FIX_CLOSE_LINK },
  { P2P_LINK_ERROR_ADDRESS_IN_USE, N_("The port is taken"),
    N_("Another program on this computer uses the port that this network listens at."),
    N_("Close that program, or choose another port."), RT_FIX_EDIT_NETWORK },
  { P2P_LINK_ERROR_LISTEN, N_("This node cannot listen"),
    N_("The system did not let this network listen at its address and port."),
    N_("Choose another address to listen on, or a port from 1024 up."), RT_FIX_EDIT_NETWORK },
  { P2P_LINK_ERROR_NOT_CONNECTED, N_("There is no connection"),
    N_("The node is not among our neighbours now."),
    N_("Connect first."), RT_FIX_TRY_AGAIN },
  { P2P_LINK_ERROR_NOT_FOUND, N_("Nobody knows where it is"),
    N_("The network was asked for this node, and no answer came."),
    N_("Ask the person for an address."), RT_FIX_NONE },
  { P2P_LINK_ERROR_SOCKET_CLOSED, N_("This network is offline"),
    N_("The node of this network is not running, so it connects to nobody."),
    N_("Go online."), RT_FIX_GO_ONLINE },
  { P2P_LINK_ERROR_CANCELLED, N_("It was called off"),
    N_("The attempt was stopped before it came to an end."),
    N_("Try again."), RT_FIX_TRY_AGAIN },
  { P2P_LINK_ERROR_MEMORY, N_("Too much is waiting here"),
    N_("Messages that were begun and not ended filled the memory that this node allows itself, and this connection was given up."),
    N_("Try again in a while, or close connections that you need less."), RT_FIX_CLOSE_LINK },
  { P2P_LINK_ERROR_SILENT, N_("It fell silent"),
    N_("The connection was there, but nothing came over it any more, not even when asked: the computer went to sleep or lost its network."),
    N_("Ask whether the computer is still on."), RT_FIX_TRY_AGAIN },
  { P2P_LINK_ERROR_MISBEHAVED, N_("It was kept out"),
    N_("It sent too much that no honest program sends, so this program closed the connection."),
    N_("If it is a friend, ask for the version of the program there."), RT_FIX_TRY_AGAIN },
  { P2P_LINK_ERROR_IMPERSONATED, N_("Somebody speaks in your name"),
    N_("Another node uses the identity of this one: a copy of it on another computer, or somebody who pretends to be you."),
    N_("Close the other program if it is yours. Otherwise tell your friends by another way."), RT_FIX_NONE },
  { P2P_LINK_ERROR_CLOCK, N_("This clock is off"),
    N_("The clock of this computer and those of the others differ by more than they accept, so messages are lost."),
    N_("Set the clock of this computer, best by the network."), RT_FIX_NONE },
  { P2P_LINK_ERROR_BLOCKED, N_("It is blocked here"),
    N_("You blocked this person or this address in this network, so there is no connection either way."),
    N_("Unblock it in the list of those blocked, on the peers page."), RT_FIX_NONE },
  { P2P_LINK_ERROR_SPLIT, N_("The lab mode keeps it apart"),
    N_("You split this network on purpose, and this node is on the other side."),
    N_("Stop the lab mode, in the menu of the network."), RT_FIX_NONE },
  { P2P_LINK_ERROR_IDENTITY, N_("It could not prove who it is"),
    N_("Somebody is in between, or the peer there is not who it says: its key and its signature do not fit."),
    N_("Do not trust what comes from there. Ask the person by another way, and compare the fingerprints of your keys."), RT_FIX_NONE },
  { P2P_LINK_ERROR_SECRET, N_("It does not know the secret"),
    N_("This network has a secret, and the peer there has another one or none; or the peer’s network has one, and this one has not."),
    N_("Compare the secret with the others, to the letter, or ask for a new invitation."), RT_FIX_EDIT_NETWORK },
};

const RtReachWords *
rt_reach_explain (int code)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].code == code)
      return &table[i];
  return NULL;
}

const char *
rt_step_get_words (RtStep step)
{
  switch (step)
    {
    case RT_STEP_NAME: return _("Find the computer");
    case RT_STEP_PORT: return _("Reach its port");
    case RT_STEP_ENCRYPTION: return _("Encrypt the connection");
    case RT_STEP_HANDSHAKE:
    case RT_N_STEPS:
    default: return _("Greet the peer");
    }
}

RtStep
rt_reach_step_of (const GError *error)
{
  if (error->domain != P2P_LINK_ERROR)
    return RT_STEP_PORT;
  switch (error->code)
    {
    case P2P_LINK_ERROR_NOT_RESOLVED:
    case P2P_LINK_ERROR_BAD_ADDRESS:
      return RT_STEP_NAME;
    case P2P_LINK_ERROR_FAILED:
    case P2P_LINK_ERROR_REFUSED:
    case P2P_LINK_ERROR_TIMED_OUT:
    case P2P_LINK_ERROR_UNREACHABLE:
    case P2P_LINK_ERROR_TOO_MANY:
    case P2P_LINK_ERROR_SOCKET_CLOSED:
    case P2P_LINK_ERROR_NOT_FOUND:
    case P2P_LINK_ERROR_NOT_CONNECTED:
    case P2P_LINK_ERROR_ADDRESS_IN_USE:
    case P2P_LINK_ERROR_LISTEN:
      return RT_STEP_PORT;
    case P2P_LINK_ERROR_TLS:
    case P2P_LINK_ERROR_TLS_UNAVAILABLE:
    case P2P_LINK_ERROR_UNKNOWN_ENCRYPTION:
      return RT_STEP_ENCRYPTION;
    default:
      return RT_STEP_HANDSHAKE;
    }
}
