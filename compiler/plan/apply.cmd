@echo off
rem Made by trustc plan. Puts a plan into effect on Windows Server 2003 with IIS 6.0: accounts, pools, rights, caches.
rem Run it as an administrator. It needs Service Pack 2 (icacls) and adsutil.vbs, which comes with IIS.
rem
rem What is in place already is left alone. Before anything is changed, what was there is kept in the folder
rem trustc-plan-state beside this script, and plan-undo.cmd takes everything back with it. No password is written
rem anywhere: those of accounts are asked for; cmd shows them while they are typed. They can hold no quote.
setlocal EnableExtensions DisableDelayedExpansion
set "TC_STATE=%~dp0trustc-plan-state"
set "TC_ADSUTIL=%SystemDrive%\Inetpub\AdminScripts\adsutil.vbs"
set "TC_NOW=%TEMP%\trustc-plan-now.txt"
set /a TC_CHANGED=0, TC_SAME=0
set "TC_TEXT=beginning"
if not exist "%TC_ADSUTIL%" echo There is no "%TC_ADSUTIL%": adsutil.vbs comes with IIS 6.0.& exit /b 3
icacls /? >nul 2>&1
if errorlevel 9009 echo There is no icacls: install Service Pack 2 of Windows Server 2003.& exit /b 3
if not exist "%TC_STATE%\" mkdir "%TC_STATE%" || exit /b 3
TRUSTC STEPS
if %TC_CHANGED%==0 echo nothing to change: all %TC_SAME% steps are in place& exit /b 0
echo %TC_CHANGED% steps changed something, %TC_SAME% were in place
exit /b 0

:failed
echo FAILED: "%TC_TEXT%"
if %TC_CHANGED%==0 echo nothing was changed& exit /b 3
echo changed before that: %TC_CHANGED% steps, listed above
echo to take them back: plan-undo.cmd; to go on, mend what failed and run this again
exit /b 3

:same
set /a TC_SAME+=1
exit /b 0

:changed
set /a TC_CHANGED+=1
echo changed: "%TC_TEXT%"
exit /b 0

rem TC_NAME: an account; TC_DOMAIN and TC_USER are its parts.
:parts
set "TC_DOMAIN=%COMPUTERNAME%"
set "TC_USER=%TC_NAME%"
for /f "tokens=1,* delims=\" %%D in ("%TC_NAME%") do if not "%%E"=="" (
    set "TC_DOMAIN=%%D"
    set "TC_USER=%%E"
)
if "%TC_DOMAIN%"=="." set "TC_DOMAIN=%COMPUTERNAME%"
exit /b 0

rem TC_NAME: the local account is made when it is missing.
:account
call :parts
if /i not "%TC_DOMAIN%"=="%COMPUTERNAME%" net user "%TC_USER%" /domain >nul 2>&1 && goto :same
if /i not "%TC_DOMAIN%"=="%COMPUTERNAME%" exit /b 1
net user "%TC_USER%" >nul 2>&1 && goto :same
echo missing> "%TC_STATE%\%TC_ID%.old"
echo The account "%TC_NAME%" is made; give it a password:
net user "%TC_USER%" * /add /passwordchg:no /expires:never || exit /b 1
echo REMINDER: set "Password never expires" for "%TC_NAME%", or its pool stops when it does.
goto :changed

rem TC_NAME in TC_GROUP. 1378 is the number of "already a member" in every language.
:member
net localgroup "%TC_GROUP%" "%TC_NAME%" /add >"%TC_NOW%" 2>&1
if not errorlevel 1 goto :member_added
find "1378" "%TC_NOW%" >nul && goto :same
type "%TC_NOW%"
exit /b 1
:member_added
if not exist "%TC_STATE%\%TC_ID%.old" echo missing> "%TC_STATE%\%TC_ID%.old"
goto :changed

rem TC_GOT: the value of TC_KEY in the metabase; not defined when it has none of its own.
:get
set "TC_GOT="
cscript //nologo "%TC_ADSUTIL%" GET "%TC_KEY%" >"%TC_NOW%" 2>&1
for /f "usebackq tokens=1,* delims=)" %%A in ("%TC_NOW%") do if not "%%B"=="" set TC_GOT=%%B
if not defined TC_GOT exit /b 0
set "TC_GOT=%TC_GOT:"=%"
set "TC_GOT=%TC_GOT:~1%"
exit /b 0

rem TC_KEY is given TC_VALUE.
:set
cscript //nologo "%TC_ADSUTIL%" SET "%TC_KEY%" "%TC_VALUE%" >"%TC_NOW%" 2>&1
if errorlevel 1 type "%TC_NOW%"& exit /b 1
call :get
if /i "%TC_GOT%"=="%TC_VALUE%" exit /b 0
type "%TC_NOW%"
exit /b 1

rem One value of the metabase: TC_KEY is to be TC_VALUE.
:metabase
call :get
if defined TC_GOT if /i "%TC_GOT%"=="%TC_VALUE%" goto :same
if not exist "%TC_STATE%\%TC_ID%.old" copy /y "%TC_NOW%" "%TC_STATE%\%TC_ID%.old" >nul
call :set || exit /b 1
goto :changed

rem TC_KEY/TC_PROPERTY is to be the account TC_NAME, with its password in TC_KEY/TC_SECRET.
:named
set "TC_PARENT=%TC_KEY%"
set "TC_KEY=%TC_PARENT%/%TC_PROPERTY%"
set "TC_VALUE=%TC_NAME%"
call :get
if defined TC_GOT if /i "%TC_GOT%"=="%TC_VALUE%" goto :same
if not exist "%TC_STATE%\%TC_ID%.old" copy /y "%TC_NOW%" "%TC_STATE%\%TC_ID%.old" >nul
set "TC_PASSWORD="
set /p "TC_PASSWORD=Password of %TC_NAME% (shown while you type): "
cscript //nologo "%TC_ADSUTIL%" SET "%TC_PARENT%/%TC_SECRET%" "%TC_PASSWORD%" >nul 2>&1
set "TC_PASSWORD="
call :set || exit /b 1
goto :changed

rem The pool TC_POOL runs as TC_NAME.
:pool
set "TC_KEY=W3SVC/AppPools/%TC_POOL%/KeyType"
call :get
if defined TC_GOT goto :pool_named
if not exist "%TC_STATE%\%TC_ID%.made" echo missing> "%TC_STATE%\%TC_ID%.made"
cscript //nologo "%TC_ADSUTIL%" CREATE "W3SVC/AppPools/%TC_POOL%" "IIsApplicationPool" >"%TC_NOW%" 2>&1
call :get
if not defined TC_GOT type "%TC_NOW%"& exit /b 1
:pool_named
set "TC_KEY=W3SVC/AppPools/%TC_POOL%"
set "TC_PROPERTY=WAMUserName"
set "TC_SECRET=WAMUserPass"
call :named || exit /b 1
set "TC_KEY=W3SVC/AppPools/%TC_POOL%/AppPoolIdentityType"
set "TC_VALUE=3"
call :get
if "%TC_GOT%"=="3" exit /b 0
if not exist "%TC_STATE%\%TC_ID%.type" copy /y "%TC_NOW%" "%TC_STATE%\%TC_ID%.type" >nul
call :set
exit /b

rem TC_NUMBER: of the site TC_SITE, by its name or its number.
:site
set "TC_NUMBER="
cscript //nologo "%TC_ADSUTIL%" ENUM /P W3SVC >"%TC_NOW%.sites" 2>&1
for /f "usebackq tokens=3 delims=[/]" %%S in ("%TC_NOW%.sites") do call :site_one %%S
for /f "usebackq tokens=2 delims=[/]" %%S in ("%TC_NOW%.sites") do call :site_one %%S
if defined TC_NUMBER exit /b 0
echo IIS has no site "%TC_SITE%": make it first
exit /b 1
:site_one
if defined TC_NUMBER exit /b 0
echo %1| findstr /r /x "[0-9][0-9]*" >nul || exit /b 0
if "%TC_SITE%"=="%1" set "TC_NUMBER=%1"& exit /b 0
set "TC_KEY=W3SVC/%1/ServerComment"
call :get
if defined TC_GOT if /i "%TC_GOT%"=="%TC_SITE%" set "TC_NUMBER=%1"
exit /b 0

rem TC_PROPERTY of the application TC_PATH in TC_SITE is to be TC_VALUE.
:application
call :site || exit /b 1
set "TC_KEY=W3SVC/%TC_NUMBER%/ROOT%TC_PATH%/%TC_PROPERTY%"
goto :metabase

rem The anonymous user of the application TC_PATH in TC_SITE is TC_NAME.
:anonymous
call :site || exit /b 1
set "TC_KEY=W3SVC/%TC_NUMBER%/ROOT%TC_PATH%"
set "TC_PROPERTY=AnonymousUserName"
set "TC_SECRET=AnonymousUserPass"
goto :named

rem The application must be there before anything is changed.
:assert_application
call :site || exit /b 1
set "TC_KEY=W3SVC/%TC_NUMBER%/ROOT%TC_PATH%/AppRoot"
call :get
if defined TC_GOT exit /b 0
echo IIS has no application "%TC_PATH%" in the site "%TC_SITE%": make it first
exit /b 1

:assert_path
if exist "%TC_PATH%" exit /b 0
echo "%TC_PATH%" is not there: make it first, or take it out of the source
exit /b 1

rem Rights on TC_PATH: begin keeps what is there, entry adds one, end says what became of it. It is current when icacls
rem prints the same as after this script's last change with the same entries (TC_WANT).
:acl_begin
set "TC_SKIP="
set "TC_FLAGS="
if "%TC_MAKE%"=="1" if not exist "%TC_PATH%" mkdir "%TC_PATH%" && echo missing> "%TC_STATE%\%TC_ID%.made"
if exist "%TC_PATH%\" set "TC_FLAGS=(OI)(CI)"
icacls "%TC_PATH%" >"%TC_NOW%" 2>&1 || exit /b 1
if exist "%TC_STATE%\%TC_ID%.%TC_WANT%" fc /b "%TC_STATE%\%TC_ID%.%TC_WANT%" "%TC_NOW%" >nul && set "TC_SKIP=1"
if defined TC_SKIP exit /b 0
if not exist "%TC_STATE%\%TC_ID%.acl" icacls "%TC_PATH%" /save "%TC_STATE%\%TC_ID%.acl" >nul || exit /b 1
if not "%TC_CUT%"=="1" exit /b 0
rem icacls of Service Pack 2 cuts inheritance only with the fix of article 943043; cacls replaces the whole list.
icacls "%TC_PATH%" /inheritance:r >nul 2>&1
echo Y| cacls "%TC_PATH%" /G "%USERDOMAIN%\%USERNAME%:F" >nul || exit /b 1
exit /b 0

rem TC_WHO: a name, or *SID. TC_KIND: allow, deny or none. TC_RIGHTS: as icacls has them.
:acl_entry
if defined TC_SKIP exit /b 0
if "%TC_KIND%"=="none" icacls "%TC_PATH%" /remove "%TC_WHO%" >"%TC_NOW%" 2>&1 && exit /b 0
if "%TC_KIND%"=="allow" icacls "%TC_PATH%" /grant:r "%TC_WHO%:%TC_FLAGS%(%TC_RIGHTS%)" >"%TC_NOW%" 2>&1 && exit /b 0
if "%TC_KIND%"=="deny" icacls "%TC_PATH%" /deny "%TC_WHO%:%TC_FLAGS%(%TC_RIGHTS%)" >"%TC_NOW%" 2>&1 && exit /b 0
type "%TC_NOW%"
exit /b 1

:acl_end
if defined TC_SKIP goto :same
if not "%TC_CUT%"=="1" goto :acl_keep
icacls "%TC_PATH%" /remove:g "%USERDOMAIN%\%USERNAME%" >nul 2>&1
icacls "%TC_PATH%" | find "(I)" >nul || goto :acl_keep
echo "%TC_PATH%" still has rights from above: untick their inheritance in its properties, then run this again
exit /b 1
:acl_keep
icacls "%TC_PATH%" >"%TC_STATE%\%TC_ID%.%TC_WANT%"
goto :changed

rem Windows Server 2003 has no command that gives rights on a registry key to an account.
:registry
echo BY HAND: in regedt32 give "%TC_NAME%" on HKEY_LOCAL_MACHINE\%TC_KEY% and its subkeys: %TC_RIGHTS%
echo          or create the event sources when the application is installed.
exit /b 0
