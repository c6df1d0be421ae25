#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# In the place of roundtable-ports, when its routers are bad ones. The last argument says how.
for how; do :; done
case $how in
  silent) exec sleep 600 ;;
  endless) while :; do echo words words words; done ;;
  refused) printf 'error refused\nwords not today\nend\n' ;;
  open) printf 'method upnp\ngateway 127.0.0.9\nexternal-port 4444\nlease 3600\nexternal-address 81.2.3.4\nend\n' ;;
  dies) kill -SEGV $$ ;;
esac
