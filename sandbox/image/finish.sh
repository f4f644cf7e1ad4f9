# The last step of every build of the image: nothing in it needs more rights than its caller has,
# Python is compiled once here and not at every start, and what no test reads is left out.
set -eu
chmod -R u=rwX,go=rX /usr/lib/python3/dist-packages
python3 -m compileall -q /usr/lib/python3/dist-packages
find / -xdev -type f -perm /6000 -exec chmod a-s {} +
rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* /usr/share/doc/* /usr/share/man/* /usr/share/locale/*
