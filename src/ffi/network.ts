// SPDX-License-Identifier: Apache-2.0
/** Network devices: rtnetlink(7) messages and the interface flags of netdevice(7). */
import type { Constants, Structs } from "./declare.ts";

export const structs = {
  nlmsghdr: {
    header: "linux/netlink.h",
    c: "struct nlmsghdr",
    fields: ["nlmsg_len", "nlmsg_type", "nlmsg_flags", "nlmsg_seq", "nlmsg_pid"],
  },
  ifinfomsg: {
    header: "linux/rtnetlink.h",
    c: "struct ifinfomsg",
    fields: ["ifi_family", "ifi_type", "ifi_index", "ifi_flags", "ifi_change"],
  },
  ifaddrmsg: {
    header: "linux/if_addr.h",
    c: "struct ifaddrmsg",
    fields: ["ifa_family", "ifa_prefixlen", "ifa_flags", "ifa_scope", "ifa_index"],
  },
  ifreq: { header: "net/if.h", c: "struct ifreq", fields: ["ifr_name", "ifr_flags"] },
} as const satisfies Structs;

export const constants = {
  "linux/netlink.h": [
    "NETLINK_ROUTE",
    "NLM_F_REQUEST",
    "NLM_F_ACK",
    "NLM_F_DUMP",
    "NLM_F_CREATE",
    "NLM_F_REPLACE",
    "NLMSG_ERROR",
    "NLMSG_DONE",
  ],
  "linux/rtnetlink.h": ["RTM_NEWLINK", "RTM_GETLINK", "RTM_NEWADDR", "RTM_GETADDR", "RT_SCOPE_UNIVERSE"],
  "linux/if_link.h": ["IFLA_IFNAME", "IFLA_NET_NS_FD"],
  "linux/if_addr.h": [
    "IFA_ADDRESS",
    "IFA_LOCAL",
    "IFA_BROADCAST",
    "IFA_FLAGS",
    "IFA_F_PERMANENT",
    "IFA_F_NODAD",
    "IFA_F_HOMEADDRESS",
    "IFA_F_MANAGETEMPADDR",
    "IFA_F_NOPREFIXROUTE",
    "IFA_F_MCAUTOJOIN",
  ],
  "net/if.h": ["IFF_UP"],
  "sys/ioctl.h": ["SIOCSIFFLAGS"],
} as const satisfies Constants;
