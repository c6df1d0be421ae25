// SPDX-License-Identifier: GPL-3.0-or-later
// chat NETWORK HOST:PORT [OWN-ADDRESS]: what you type goes to everybody, what others say is printed.
// valac --pkg gio-unix-2.0 --pkg p2p-glib-1 chat.vala

async void chat (P2p.MeshSocket node, string host, uint16 port) throws Error {
    var link = yield node.connect_to_async (host, port, null, null);
    print ("In the network by %.8s\n", link.get_id ());
    var input = new DataInputStream (new UnixInputStream (0, false));
    string? line;
    while ((line = yield input.read_line_utf8_async (Priority.DEFAULT, null)) != null)
        node.send_text (line);
}

int main (string[] args) {
    int status = 0;
    var loop = new MainLoop ();
    try {
        var node = new P2p.MeshSocket (new P2p.Protocol (args[1], P2p.ENCRYPTION_PLAINTEXT), null, null);
        node.message.connect ((message, link) => print ("%.8s: %s\n", message.get_sender (), message.dup_text ()));
        node.listen (args.length > 3 ? args[3] : null, 0);
        var at = args[2].last_index_of_char (':');
        chat.begin (node, args[2].substring (0, at), (uint16) uint.parse (args[2].substring (at + 1)), (object, result) => {
            try {
                chat.end (result);
            } catch (Error error) {
                printerr ("%s\n", error.message);
                status = 1;
            }
            loop.quit ();
        });
        loop.run ();
        node.close ();
    } catch (Error error) {
        printerr ("%s\n", error.message);
        status = 1;
    }
    return status;
}
